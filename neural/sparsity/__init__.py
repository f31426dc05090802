"""Networks of few weights and few active neurons, packed so that zeros cost nothing."""
