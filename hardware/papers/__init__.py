"""Words on paper: a reader in a process of its own, and pages put together as one file."""
