"""What follows from what has happened: pure rules, no await, no clock, no input or output."""
