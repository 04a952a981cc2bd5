"""A judge and an export format for proofset."""
