"""Pure arithmetic over the values of a case: dates, proof, sums. No database, no clock, no network."""
