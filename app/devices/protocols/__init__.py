"""What devices say on the wire. Pure: bytes and times in, values out."""
