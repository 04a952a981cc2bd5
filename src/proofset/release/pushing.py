"""Push a directory to the Hugging Face hub, through its own client and the user's own login."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ProofsetError, UsageError


def push(directory: Path, repo: str, *, private: bool = True) -> str:
    """Make the repository where it is missing and upload all files in one commit; returns its address.

    Raises:
        UsageError: huggingface_hub is not installed.
        ProofsetError: the hub does not take it.
    """
    client = _client()
    try:
        client.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        client.upload_folder(repo_id=repo, repo_type="dataset", folder_path=str(directory))
    except Exception as error:
        # The client raises its own errors, those of its transport, and plain ones.
        said = " ".join(str(error).split())[:300]
        raise ProofsetError(
            f"--push {repo}: the hub did not take it ({type(error).__name__}: {said}); "
            f"the data are in {directory}: `hf auth login`, then push them again"
        ) from error
    return f"https://huggingface.co/datasets/{repo}"


def check_client() -> None:
    """Raises UsageError where there is nothing to push with: before any work is done."""
    _client()


def _client() -> Any:
    try:
        from huggingface_hub import HfApi
    except ImportError as error:
        raise UsageError("--push needs the hub's client: pip install 'proofset[hub]'") from error
    return HfApi()
