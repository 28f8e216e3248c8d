"""Exports: facts in, bytes out, in somebody else's format."""
