"""What agents work with: the sandbox, typed answers, programs. Knows nothing of models or graphs."""
