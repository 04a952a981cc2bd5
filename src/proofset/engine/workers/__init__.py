"""Workers: processes that drive slots for one owner, which alone admits and writes."""
