"""The online book: reference pages, downloads, and the build that keeps them true."""
