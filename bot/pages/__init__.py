"""Pages: what is read, not tapped. A record, a list, a protocol, in the reader's language."""
