"""Who somebody is and what they may sign: keys of people, sealed and opened; no database, no Qt."""
