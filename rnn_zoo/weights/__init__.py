"""Trained weights (`<builder>_<dataset>.keras`), each with its card (`.json`)."""
