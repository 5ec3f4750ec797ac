"""Tests of `app.devices`: pure decoders, real pseudo-terminals, real sockets."""
