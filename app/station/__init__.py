"""Everything that happens at a workstation: one thread, one inbox, one writer."""
