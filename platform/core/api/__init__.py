"""The base of every room's REST door: viewsets, operations, pages, problem documents, the schema."""
