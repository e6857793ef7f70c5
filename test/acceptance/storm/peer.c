/*
 * One member of the storm: it listens, calls whoever is alive, and writes down what it really did.
 *
 *     peer NAME ADDRESS PORT LIFE_MS PACE_MS SHARED
 *
 * ADDRESS is its own, or an interface whose address it takes. LIFE_MS 0: it ends at once; -1: it calls
 * while SHARED/calling exists, and lives until SHARED/end does. Whoever accepts a connection sends its
 * name, so the caller knows for certain who answered. SHARED/live holds a file per listening address;
 * SHARED/log/NAME gets, as they happen, with Unix times in nanoseconds:
 *
 *     born TIME ADDRESS PID
 *     open NUMBER TIME PORT PEER      a connection was made, from this port of its own
 *     name NUMBER NAME                its peer said who it is
 *     shut NUMBER TIME                it was closed, by either
 *     fail TRIED TIME PEER ERROR      none was made; 110: it was given up, and may have been made just then
 *     dead TIME
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEERS_MAX 512
#define HELD_MS_MIN 5
#define HELD_MS_SPREAD 20
#define ANSWER_MS_MAX 400

enum state { FREE, LISTENING, ACCEPTED, CONNECTING, CONNECTED, NAMED };

struct peer {
  enum state state;
  int number;
  struct in_addr address;
  long long due;
};

static struct peer peers[PEERS_MAX];
static struct pollfd polled[PEERS_MAX];
static char live[4096], calling[4096], end[4096];
static const char *name;
static int record, made, port;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in at(struct in_addr address) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = address};
}

static struct in_addr own_address(const char *text) {
  struct in_addr address;
  struct ifaddrs *all;
  if (inet_aton(text, &address)) return address;
  if (getifaddrs(&all)) fail("getifaddrs");
  for (struct ifaddrs *one = all; one; one = one->ifa_next)
    if (one->ifa_addr && one->ifa_addr->sa_family == AF_INET && !strcmp(one->ifa_name, text))
      return ((struct sockaddr_in *)one->ifa_addr)->sin_addr;
  fprintf(stderr, "no address at %s\n", text);
  exit(1);
}

/* -1: there is no room. */
static int keep(int descriptor, struct peer peer) {
  for (int i = 0; i < PEERS_MAX; i++) {
    if (peers[i].state != FREE) continue;
    peers[i] = peer;
    polled[i] = (struct pollfd){descriptor, peer.state == CONNECTING ? POLLOUT : POLLIN, 0};
    return i;
  }
  close(descriptor);
  return -1;
}

static void drop(int i) {
  close(polled[i].fd);
  polled[i].fd = -1;
  peers[i].state = FREE;
}

static void shut(int i) {
  dprintf(record, "shut %d %lld\n", peers[i].number, now());
  drop(i);
}

static void failed(int i, int error) {
  long long tried = peers[i].due - ANSWER_MS_MAX * 1000000LL;
  dprintf(record, "fail %lld %lld %s %d\n", tried, now(), inet_ntoa(peers[i].address), error);
  drop(i);
}

static void start_listening(struct in_addr address) {
  struct sockaddr_in own = at(address);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (listener < 0 || bind(listener, (struct sockaddr *)&own, sizeof own) || listen(listener, 1024)) fail("listen");
  keep(listener, (struct peer){.state = LISTENING});
}

static void accept_one(int listener) {
  int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (descriptor >= 0 && keep(descriptor, (struct peer){.state = ACCEPTED}) >= 0) dprintf(descriptor, "%s\n", name);
}

/* Somebody who is alive, or was a moment ago: any of them with the same chance. */
static int somebody(struct in_addr *address) {
  DIR *directory = opendir(live);
  int seen = 0;
  if (!directory) return 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    struct in_addr one;
    if (inet_aton(entry->d_name, &one) && rand() % ++seen == 0) *address = one;
  }
  closedir(directory);
  return seen > 0;
}

static void connected(int i) {
  struct sockaddr_in own;
  socklen_t length = sizeof own;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(polled[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) return failed(i, error);
  getsockname(polled[i].fd, (struct sockaddr *)&own, &length);
  dprintf(record, "open %d %lld %d %s\n", peers[i].number, now(), ntohs(own.sin_port), inet_ntoa(peers[i].address));
  peers[i].state = CONNECTED;
  polled[i].events = POLLIN;
}

static void call_somebody(void) {
  struct in_addr address;
  if (!somebody(&address)) return;
  struct sockaddr_in peer = at(address);
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int i = keep(descriptor, (struct peer){CONNECTING, ++made, address, now() + ANSWER_MS_MAX * 1000000LL});
  if (i < 0) return;
  if (connect(descriptor, (struct sockaddr *)&peer, sizeof peer) == 0) connected(i);
  else if (errno != EINPROGRESS) failed(i, errno);
}

static void hear(int i) {
  char text[256];
  ssize_t length = read(polled[i].fd, text, sizeof text - 1);
  if (length < 0 && errno == EAGAIN) return;
  if (peers[i].state == ACCEPTED) return drop(i);
  if (length <= 0) return shut(i);
  if (peers[i].state == NAMED) return;
  text[length] = 0;
  dprintf(record, "name %d %s", peers[i].number, text);
  peers[i].state = NAMED;
  peers[i].due = now() + (HELD_MS_MIN + rand() % HELD_MS_SPREAD) * 1000000LL;
}

static void happened(int i) {
  if (peers[i].state == LISTENING) accept_one(polled[i].fd);
  else if (peers[i].state == CONNECTING) connected(i);
  else hear(i);
}

static void tend(long long time) {
  for (int i = 0; i < PEERS_MAX; i++) {
    if (peers[i].state == NAMED && peers[i].due <= time) shut(i);
    else if (peers[i].state == CONNECTING && peers[i].due <= time) failed(i, ETIMEDOUT);
  }
}

static void live_until(long long death, int pace_ms) {
  long long next = now();
  int lasting = death < 0;
  for (long long time = now(); lasting ? access(end, F_OK) : time < death; time = now()) {
    if (next <= time) {
      if (!lasting || !access(calling, F_OK)) call_somebody();
      next = time + pace_ms * 1000000LL;
    }
    tend(time);
    if (poll(polled, PEERS_MAX, 1) <= 0) continue;
    for (int i = 0; i < PEERS_MAX; i++)
      if (peers[i].state != FREE && polled[i].revents) happened(i);
  }
}

int main(int count, char **words) {
  char path[4200];
  if (count != 7) return 2;
  name = words[1];
  port = atoi(words[3]);
  long long life = atoll(words[4]), birth = now();
  struct in_addr address = own_address(words[2]);
  signal(SIGPIPE, SIG_IGN);
  srand((unsigned)birth ^ address.s_addr);
  snprintf(live, sizeof live, "%s/live", words[6]);
  snprintf(calling, sizeof calling, "%s/calling", words[6]);
  snprintf(end, sizeof end, "%s/end", words[6]);
  snprintf(path, sizeof path, "%s/log/%s", words[6], name);
  record = open(path, O_CREAT | O_WRONLY | O_APPEND, 0644);
  if (record < 0) fail(path);
  dprintf(record, "born %lld %s %d\n", birth, inet_ntoa(address), getpid());
  for (int i = 0; i < PEERS_MAX; i++) polled[i].fd = -1;
  if (life != 0) {
    start_listening(address);
    snprintf(path, sizeof path, "%s/%s", live, inet_ntoa(address));
    close(open(path, O_CREAT | O_WRONLY, 0644));
    live_until(life < 0 ? -1 : birth + life * 1000000LL, atoi(words[5]));
    unlink(path);
  }
  for (int i = 0; i < PEERS_MAX; i++) {
    if (peers[i].state == CONNECTED || peers[i].state == NAMED) shut(i);
    else if (peers[i].state == CONNECTING) failed(i, ETIMEDOUT);
  }
  dprintf(record, "dead %lld\n", now());
  return 0;
}
