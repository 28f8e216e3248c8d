"""Cards: what is shown and what can be pressed, whatever the front."""
