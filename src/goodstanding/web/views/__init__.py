"""One file a noun: load through the merchant, check the form, call one function, answer."""
