"""What a controller has learned: weights, their scaling, their neurons, and files of them."""
