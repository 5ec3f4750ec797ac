"""Fakes of the ports, one file each, named like the port."""
