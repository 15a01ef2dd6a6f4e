"""What a resident sees: PySide6 lives here alone."""
