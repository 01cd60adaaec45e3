"""The local page as a chat system of its own: an HTTP server, a WebSocket, and a conversation kept in the store."""
