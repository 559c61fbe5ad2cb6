"""moto's own server, except that what it has not got or breaks over is answered by 501.

Clients repeat what is answered by 500, with pauses that add up to minutes, and it would break again.
"""

import moto.server

serve = moto.server.run_simple


def told(app):
    def answer(environ, start_response):
        def start(status, headers, exc_info=None):
            return start_response(
                "501 Not Implemented" if status.startswith("500") else status, headers, exc_info
            )

        try:
            return app(environ, start)
        except Exception as broken:
            start("501 Not Implemented", [("Content-Type", "text/plain")])
            return [repr(broken).encode()]

    return answer


moto.server.run_simple = lambda host, port, app, **rest: serve(host, port, told(app), **rest)
moto.server.main()
