"""The conversation in a terminal: the same cards, answered by typing."""
