"""The program as it is run: processes, sockets, files, and what breaks between them."""
