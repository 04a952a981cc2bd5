"""Release: what leaves the house, and the proof that it is what it says."""
