"""The read side: questions that a page asks, answered as plain values in a constant number of queries."""
