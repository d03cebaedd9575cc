"""What leaves the product as a file: the package document, its archive, and exported tables."""
