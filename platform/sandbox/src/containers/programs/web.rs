use super::Running;
use super::command::command;
use crate::containers::container::Container;

/// A web server in the machine's own Python; 8080 where port 80 is root's.
const SERVER: &str = "
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', '3')
        self.end_headers()
        if self.command == 'GET':
            self.wfile.write(b'ok\\n')
    do_HEAD = do_GET
for port in (80, 8080):
    try:
        server = http.server.ThreadingHTTPServer((sys.argv[1], port), Page)
        break
    except PermissionError:
        pass
print('listening on port', port, flush=True)
# The default looks twice a second whether to stop.
server.serve_forever(poll_interval=3600)
";

/// Stands in for a web server that has nothing to serve but its welcome page.
pub(super) fn launch(container: &Container) -> std::io::Result<Running> {
    let mut server = command("python3", None, "TERM");
    server
        .args(["-I", "-c", SERVER])
        .arg(container.address.to_string())
        .current_dir("/");
    Ok(Running {
        child: server.spawn()?,
        fronts: Vec::new(),
    })
}
