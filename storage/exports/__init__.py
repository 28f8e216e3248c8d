"""Facts in, bytes out: what others read, in their formats. The counting is done in `flows`."""
