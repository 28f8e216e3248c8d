"""Who is speaking, and how is it said: the door through which people reach a screening."""
