// Tries to make sockets of every kind and to connect two of its own over the loopback interface;
// nothing is sent anywhere else. It says so when a connection came about.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (listener >= 0 && bind(listener, any, length) == 0 && listen(listener, 1) == 0 &&
        getsockname(listener, any, &length) == 0) {
      const int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (caller >= 0 && connect(caller, any, length) == 0)
        corpus::succeeded("a loopback connection");
      if (caller >= 0) close(caller);
    }
    if (listener >= 0) close(listener);
    const int raw = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (raw >= 0) corpus::succeeded("a raw socket");
    if (raw >= 0) close(raw);
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "opens sockets");
