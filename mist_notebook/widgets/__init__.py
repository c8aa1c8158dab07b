"""What one clicks, all of ipywidgets: the form, its parts, the progress card, the fleet panel and the explorer."""
