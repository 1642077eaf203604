"""The book: lessons executed, chapters put together, pages rendered."""
