"""The command line: one small file per verb."""


def main() -> None:
    raise SystemExit(0)
