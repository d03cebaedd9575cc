"""Forms: they read and check what a person typed, and decide nothing."""
