"""`python -m proofset`"""

from .cli import main

main()
