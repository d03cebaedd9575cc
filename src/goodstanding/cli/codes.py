"""What a command ends with."""

OK = 0
ATTENTION = 1  # done, and a person has to look: gaps, contradictions, a refused notice, a failed check
USAGE = 2  # the words of the command are wrong
UNREADABLE = 3  # a file could not be read
UNAVAILABLE = 4  # the database or another part that is needed is not there
