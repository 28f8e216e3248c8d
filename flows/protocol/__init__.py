"""Protocol files: text → models → checks across the file."""
