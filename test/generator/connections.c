/*
 * The generator's program for rates that Node can't reach; connections-entry.ts does the same and says what.
 * Clients reset their connections, or 50,000 a second would fill the kernel's table of those that wait
 * (131,072) in no time, and new ones would stall.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4000000
#define PORTS_MAX 64
#define DESCRIPTORS_MAX 1048576

struct record {
  int64_t at;
  uint16_t own, peer, outcome;
};

static struct record *records;
static int64_t made;

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void record(int own, int peer, int outcome) {
  if (made == CONNECTIONS_MAX) {
    fputs("too many connections\n", stderr);
    exit(1);
  }
  records[made++] = (struct record){now(CLOCK_REALTIME), own, peer, outcome};
}

static void print_records(void) {
  for (int64_t i = 0; i < made; i++)
    printf("%lld %u %u %u\n", (long long)records[i].at, records[i].own, records[i].peer, records[i].outcome);
  fflush(stdout);
}

static socklen_t address_of(const char *text, int port, struct sockaddr_storage *address) {
  struct sockaddr_in *four = (struct sockaddr_in *)address;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
  memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    return sizeof *four;
  }
  if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) fail("address");
  six->sin6_family = AF_INET6;
  six->sin6_port = htons(port);
  return sizeof *six;
}

/* The port stands at the same place in both families. */
static int port_of(struct sockaddr_storage *address) {
  return ntohs(((struct sockaddr_in *)address)->sin_port);
}

static int own_port(int descriptor) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(descriptor, (struct sockaddr *)&address, &length)) return 0;
  return port_of(&address);
}

static void listen_on(int poll, const char *address, int ports) {
  printf("listening ");
  for (int i = 0; i < ports; i++) {
    struct sockaddr_storage at;
    socklen_t length = address_of(address, 0, &at);
    int listener = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, length) || listen(listener, 65535)) fail("listen");
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (1ULL << 32) | (uint32_t)listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    printf("%s%d", i ? "," : "", own_port(listener));
  }
  puts("");
  fflush(stdout);
}

static void accept_all(int poll, int listener) {
  int port = own_port(listener);
  for (;;) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int descriptor = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK);
    if (descriptor < 0) return;
    record(port, port_of(&peer), 0);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint32_t)descriptor};
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
  }
}

/* Echoes, and closes when the client has closed. */
static void answer(int descriptor) {
  char buffer[65536];
  ssize_t length = read(descriptor, buffer, sizeof buffer);
  if (length > 0 && write(descriptor, buffer, length) == length) return;
  if (length < 0 && errno == EAGAIN) return;
  close(descriptor);
}

static void serve(const char *address, int ports) {
  static struct epoll_event events[1024];
  int poll = epoll_create1(0);
  listen_on(poll, address, ports);
  struct epoll_event input = {.events = EPOLLIN, .data.u64 = 2ULL << 32};
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    int count = epoll_wait(poll, events, 1024, -1);
    for (int i = 0; i < count; i++) {
      uint64_t what = events[i].data.u64 >> 32;
      if (what == 2) return;
      if (what == 1) accept_all(poll, (int)events[i].data.u64);
      else answer((int)events[i].data.u64);
    }
  }
}

struct open {
  int descriptor;
  int64_t until;
};

static char payload[65536];

static int open_one(const char *address, int port, int bytes) {
  struct sockaddr_storage at;
  socklen_t length = address_of(address, port, &at);
  int descriptor = socket(at.ss_family, SOCK_STREAM, 0);
  if (descriptor < 0) fail("socket");
  int outcome = connect(descriptor, (struct sockaddr *)&at, length) ? errno : 0;
  record(own_port(descriptor), port, outcome);
  if (outcome == 0 && (bytes == 0 || write(descriptor, payload, bytes) == bytes)) return descriptor;
  close(descriptor);
  return -1;
}

static void close_one(int descriptor, int bytes) {
  struct linger reset = {1, 0};
  if (bytes) recv(descriptor, payload, bytes, MSG_WAITALL);
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(descriptor);
}

static void pause_until(int64_t until) {
  struct timespec time = {until / 1000000000, until % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void connect_all(char **words) {
  static int ports[PORTS_MAX];
  static struct open open[DESCRIPTORS_MAX];
  const char *address = words[0];
  int port_count = 0;
  for (char *word = strtok(words[1], ","); word && port_count < PORTS_MAX; word = strtok(NULL, ","))
    ports[port_count++] = atoi(word);
  int64_t count = atoll(words[3]), lifetime = atoll(words[4]) * 1000, start = now(CLOCK_MONOTONIC);
  double step = 1e9 / atof(words[2]);
  int bytes = atoi(words[5]);
  int64_t oldest = 0, newest = 0;
  for (int64_t i = 0; i < count || oldest < newest;) {
    int64_t time = now(CLOCK_MONOTONIC);
    while (oldest < newest && open[oldest % DESCRIPTORS_MAX].until <= time)
      close_one(open[oldest++ % DESCRIPTORS_MAX].descriptor, bytes);
    int64_t next = start + (int64_t)(i * step);
    if (i < count && next <= time) {
      int descriptor = open_one(address, ports[i++ % port_count], bytes);
      if (descriptor >= 0) open[newest++ % DESCRIPTORS_MAX] = (struct open){descriptor, now(CLOCK_MONOTONIC) + lifetime};
      continue;
    }
    int64_t wake = i < count ? next : INT64_MAX;
    if (oldest < newest && open[oldest % DESCRIPTORS_MAX].until < wake) wake = open[oldest % DESCRIPTORS_MAX].until;
    if (wake != INT64_MAX) pause_until(wake);
  }
}

int main(int count, char **words) {
  records = malloc(CONNECTIONS_MAX * sizeof *records);
  if (count == 4 && !strcmp(words[1], "serve")) serve(words[2], atoi(words[3]));
  else if (count == 8 && !strcmp(words[1], "connect")) connect_all(words + 2);
  else return 2;
  print_records();
}
