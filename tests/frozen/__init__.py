"""The packaged program, as a person gets it."""
