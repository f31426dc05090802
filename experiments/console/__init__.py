"""What a person sees and gives: progress, options, headless rendering."""
