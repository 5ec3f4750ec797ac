"""Every page in believable states, as fixed values: for screenshots, tests and translators.

Nothing here runs in the station. The clock stands still, so that two pictures of one state are the
same bytes.
"""
