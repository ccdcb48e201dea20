import http.server, os
http.server.HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8123"))), http.server.SimpleHTTPRequestHandler).serve_forever()
