/*
 * ldap-load: sends LDAP requests that were written out beforehand over raw sockets and counts the answers.
 *
 *   ldap-load PORT REQUESTS [--preamble FILE] [--connections 16] [--seconds 5] [--warm-up 0] [--count 0]
 *             [--start 0] [--rate 0]
 *
 * One thread, epoll, loopback. Each connection first sends the preamble (such as a bind), then has one request at a time
 * under way: the next of the file, round and round from --start. With --rate R requests a second fall due whether or not
 * a connection is free, and a latency counts from when its request was due, so that no wait is left out. With --count it
 * ends after so many answers instead of after --seconds.
 *
 * A file is a row of records: four little-endian words (length of the PDU, entries expected, result code expected, page
 * size or 0), then the PDU, whose message id is an INTEGER of three octets that is put in here. A PDU with a page size has no
 * controls: the paged-results control is appended here, with the cookie of the page before, and all pages are one answer.
 *
 * Prints one line of JSON. Exits 1 when an answer was not what was expected, and says the first that was not.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { SEARCH_ENTRY = 0x64, SEARCH_DONE = 0x65, SEARCH_REFERENCE = 0x73, INTERMEDIATE = 0x79 };
enum { MOST_CONNECTIONS = 1024, MOST_COOKIE = 512 };
/* Latencies up to 200 ms are kept by the microsecond, longer ones by the millisecond. */
enum { FINE = 200000, COARSE = 60000 };

struct record { uint32_t length, entries, result, page; };
struct requests { const unsigned char *octets; size_t size; const unsigned char **at; size_t count; };

struct connection {
  int socket;
  int busy, writable_wanted;
  size_t preamble_left;
  struct record expected;
  const unsigned char *pdu;
  uint32_t message, entries;
  uint64_t due;
  unsigned char out[65536];
  size_t out_length, out_sent;
  unsigned char *in;
  size_t in_length, in_capacity;
};

static struct connection connections[MOST_CONNECTIONS];
static struct requests requests, preamble;
static uint64_t cursor, answered, answered_octets, wrong;
static uint32_t histogram[FINE + COARSE + 1];
static uint64_t longest;
static int measuring;
static char first_wrong[512];
static int epoll;

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "ldap-load: %s: %s\n", what, strerror(errno));
  exit(2);
}

static struct record record_at(const unsigned char *at) {
  struct record found;
  memcpy(&found, at, sizeof found);
  return found;
}

static void read_requests(const char *path, struct requests *into) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) die(path);
  into->size = (size_t)status.st_size;
  if (into->size == 0) { errno = ENODATA; die(path); }
  into->octets = mmap(NULL, into->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (into->octets == MAP_FAILED) die(path);
  close(file);
  size_t capacity = 1024;
  into->at = malloc(capacity * sizeof *into->at);
  for (size_t at = 0; at + sizeof(struct record) <= into->size;) {
    if (into->count == capacity) into->at = realloc(into->at, (capacity *= 2) * sizeof *into->at);
    into->at[into->count++] = into->octets + at;
    at += sizeof(struct record) + record_at(into->octets + at).length;
  }
}

/* The length octets at `at`; the number of them goes to `octets`. */
static size_t ber_length(const unsigned char *at, size_t *octets) {
  if (at[0] < 0x80) { *octets = 1; return at[0]; }
  size_t count = at[0] & 0x7f, length = 0;
  for (size_t each = 0; each < count; each += 1) length = length << 8 | at[1 + each];
  *octets = 1 + count;
  return length;
}

static size_t put_length(unsigned char *at, size_t length) {
  if (length < 0x80) { at[0] = (unsigned char)length; return 1; }
  at[0] = 0x82; at[1] = (unsigned char)(length >> 8); at[2] = (unsigned char)length;
  return 3;
}

/* INTEGER 02 03 xx xx xx: three octets whose first is neither 0 nor over 0x7f, so that it is minimal. */
static void put_message(unsigned char *at, uint32_t message) {
  at[0] = 0x02; at[1] = 0x03;
  at[2] = (unsigned char)(message >> 16); at[3] = (unsigned char)(message >> 8); at[4] = (unsigned char)message;
}

static uint32_t next_message(uint32_t message) {
  return message >= 0x7fffff ? 0x010000 : message + 1;
}

static void flush(struct connection *of) {
  while (of->out_sent < of->out_length) {
    ssize_t sent = send(of->socket, of->out + of->out_sent, of->out_length - of->out_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) die("send");
    of->out_sent += (size_t)sent;
  }
  int wanted = of->out_sent < of->out_length;
  if (wanted == of->writable_wanted) return;
  of->writable_wanted = wanted;
  struct epoll_event event = { .events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = of };
  epoll_ctl(epoll, EPOLL_CTL_MOD, of->socket, &event);
}

/* Sends the request under way, or its next page. */
static void send_pdu(struct connection *of, const unsigned char *cookie, size_t cookie_length) {
  of->message = next_message(of->message);
  size_t octets;
  size_t inner = ber_length(of->pdu + 1, &octets);
  const unsigned char *content = of->pdu + 1 + octets;
  unsigned char control[MOST_COOKIE + 128];
  size_t control_length = 0;
  if (of->expected.page != 0) {
    static const unsigned char name[] = "\x04\x16" "1.2.840.113556.1.4.319";
    unsigned char value[MOST_COOKIE + 32], *at = value;
    *at++ = 0x02; *at++ = 0x03; *at++ = (unsigned char)(of->expected.page >> 16);
    *at++ = (unsigned char)(of->expected.page >> 8); *at++ = (unsigned char)of->expected.page;
    if (value[2] == 0) { at = value; *at++ = 0x02; *at++ = 0x02; *at++ = (unsigned char)(of->expected.page >> 8); *at++ = (unsigned char)of->expected.page; }
    *at++ = 0x04; at += put_length(at, cookie_length);
    memcpy(at, cookie, cookie_length); at += cookie_length;
    size_t sequence = (size_t)(at - value);
    unsigned char head[8], octet_head[8], list_head[8], all_head[8];
    size_t head_length = put_length(head, sequence);
    size_t octet_length = put_length(octet_head, 1 + head_length + sequence);
    size_t one = sizeof name - 1 + 1 + octet_length + 1 + head_length + sequence;
    size_t list_length = put_length(list_head, one);
    size_t all_length = put_length(all_head, 1 + list_length + one);
    unsigned char *to = control;
    *to++ = 0xa0; memcpy(to, all_head, all_length); to += all_length;
    *to++ = 0x30; memcpy(to, list_head, list_length); to += list_length;
    memcpy(to, name, sizeof name - 1); to += sizeof name - 1;
    *to++ = 0x04; memcpy(to, octet_head, octet_length); to += octet_length;
    *to++ = 0x30; memcpy(to, head, head_length); to += head_length;
    memcpy(to, value, sequence); to += sequence;
    control_length = (size_t)(to - control);
  }
  if (inner + control_length + 8 > sizeof of->out) { errno = EMSGSIZE; die("request"); }
  unsigned char *out = of->out;
  *out++ = 0x30; out += put_length(out, inner + control_length);
  memcpy(out, content, inner);
  put_message(out, of->message);
  memcpy(out + inner, control, control_length);
  of->out_length = (size_t)(out - of->out) + inner + control_length;
  of->out_sent = 0;
  flush(of);
}

static void begin(struct connection *of, const unsigned char *record, uint64_t due) {
  of->expected = record_at(record);
  of->pdu = record + sizeof(struct record);
  of->entries = 0;
  of->due = due;
  of->busy = 1;
  send_pdu(of, NULL, 0);
}

static void begin_next(struct connection *of, uint64_t due) {
  begin(of, requests.at[cursor++ % requests.count], due);
}

/* The cookie of a paged-results control among the controls of a response; its length, 0 when it is the last page. */
static size_t cookie_in(const unsigned char *at, const unsigned char *end, const unsigned char **cookie) {
  static const char oid[] = "1.2.840.113556.1.4.319";
  const unsigned char *found = memmem(at, (size_t)(end - at), oid, sizeof oid - 1);
  if (found == NULL) return 0;
  size_t octets;
  const unsigned char *value = found + sizeof oid - 1;
  if (value < end && value[0] == 0x01) value += 3;
  ber_length(value + 1, &octets);
  const unsigned char *sequence = value + 1 + octets;
  ber_length(sequence + 1, &octets);
  const unsigned char *size = sequence + 1 + octets;
  const unsigned char *text = size + 2 + size[1];
  size_t length = ber_length(text + 1, &octets);
  *cookie = text + 1 + octets;
  return length;
}

static void count_answer(struct connection *of, uint32_t result, const unsigned char *text, size_t length) {
  if (result != of->expected.result || of->entries != of->expected.entries) {
    wrong += 1;
    if (first_wrong[0] == 0) {
      snprintf(first_wrong, sizeof first_wrong, "record %td: result %u with %u entries, expected %u with %u: %.*s",
               of->pdu - requests.octets, result, of->entries, of->expected.result, of->expected.entries,
               (int)(length > 200 ? 200 : length), (const char *)text);
    }
  }
  if (!measuring) return;
  answered += 1;
  uint64_t microseconds = (now_ns() - of->due) / 1000;
  if (microseconds > longest) longest = microseconds;
  uint64_t slot = microseconds < FINE ? microseconds : FINE + microseconds / 1000;
  histogram[slot > FINE + COARSE ? FINE + COARSE : slot] += 1;
}

/* One whole message. Returns 1 when the connection is free for the next request. */
static int receive(struct connection *of, const unsigned char *message, const unsigned char *end) {
  size_t octets;
  ber_length(message + 1, &octets);
  const unsigned char *at = message + 1 + octets;
  uint32_t id = 0;
  for (int each = 0; each < at[1]; each += 1) id = id << 8 | at[2 + each];
  at += 2 + at[1];
  if (measuring) answered_octets += (uint64_t)(end - message);
  if (at[0] == SEARCH_ENTRY) { of->entries += 1; return 0; }
  if (at[0] == SEARCH_REFERENCE || at[0] == INTERMEDIATE) return 0;
  if (id != of->message) { fprintf(stderr, "ldap-load: message %u was answered, %u was asked\n", id, of->message); exit(1); }
  size_t length = ber_length(at + 1, &octets);
  const unsigned char *result = at + 1 + octets, *after = result + length;
  uint32_t code = result[2];
  const unsigned char *matched = result + 2 + result[1];
  size_t matched_length = ber_length(matched + 1, &octets);
  const unsigned char *text = matched + 1 + octets + matched_length;
  size_t text_length = ber_length(text + 1, &octets);
  if (of->expected.page != 0 && code == 0) {
    const unsigned char *cookie = NULL;
    size_t cookie_length = cookie_in(after, end, &cookie);
    if (cookie_length > MOST_COOKIE) { errno = EMSGSIZE; die("cookie"); }
    if (cookie_length > 0) { send_pdu(of, cookie, cookie_length); return 0; }
  }
  of->busy = 0;
  if (of->preamble_left > 0) {
    of->preamble_left -= 1;
    if (code != of->expected.result) { fprintf(stderr, "ldap-load: the preamble was answered %u: %.*s\n", code, (int)text_length, text + 1 + octets); exit(1); }
    return 1;
  }
  count_answer(of, code, text + 1 + octets, text_length);
  return 1;
}

/* Reads what is there. Returns 1 when the connection became free. */
static int drain(struct connection *of) {
  int became_free = 0;
  for (;;) {
    if (of->in_capacity - of->in_length < 65536) of->in = realloc(of->in, of->in_capacity = of->in_capacity * 2 + 131072);
    ssize_t got = recv(of->socket, of->in + of->in_length, of->in_capacity - of->in_length, 0);
    if (got == 0) { fprintf(stderr, "ldap-load: the server closed a connection\n"); exit(1); }
    if (got < 0 && errno == EAGAIN) return became_free;
    if (got < 0) die("recv");
    of->in_length += (size_t)got;
    size_t used = 0;
    while (of->in_length - used >= 8) {
      const unsigned char *message = of->in + used;
      size_t octets, length = ber_length(message + 1, &octets);
      if (of->in_length - used < 1 + octets + length) break;
      used += 1 + octets + length;
      became_free |= receive(of, message, of->in + used);
    }
    memmove(of->in, of->in + used, of->in_length - used);
    of->in_length -= used;
    if ((size_t)got < 65536) return became_free;
  }
}

static uint64_t percentile(double share) {
  uint64_t wanted = (uint64_t)((double)answered * share), seen = 0;
  for (size_t slot = 0; slot <= FINE + COARSE; slot += 1) {
    seen += histogram[slot];
    if (seen > wanted) return slot < FINE ? slot : (slot - FINE) * 1000;
  }
  return longest;
}

static double number_after(int count, char **arguments, const char *name, double otherwise) {
  for (int at = 3; at + 1 < count; at += 1) if (strcmp(arguments[at], name) == 0) return atof(arguments[at + 1]);
  return otherwise;
}

int main(int count, char **arguments) {
  if (count < 3) { fprintf(stderr, "ldap-load PORT REQUESTS [options]\n"); return 2; }
  read_requests(arguments[2], &requests);
  for (int at = 3; at + 1 < count; at += 1) if (strcmp(arguments[at], "--preamble") == 0) read_requests(arguments[at + 1], &preamble);
  int wanted = (int)number_after(count, arguments, "--connections", 16);
  double seconds = number_after(count, arguments, "--seconds", 5);
  double warm_up = number_after(count, arguments, "--warm-up", 0);
  double rate = number_after(count, arguments, "--rate", 0);
  uint64_t most = (uint64_t)number_after(count, arguments, "--count", 0);
  cursor = (uint64_t)number_after(count, arguments, "--start", 0);
  if (wanted < 1 || wanted > MOST_CONNECTIONS) { errno = EINVAL; die("--connections"); }

  epoll = epoll_create1(0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  for (int each = 0; each < wanted; each += 1) {
    struct connection *of = &connections[each];
    of->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (of->socket < 0 || connect(of->socket, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
    int on = 1;
    setsockopt(of->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(of->socket, F_SETFL, O_NONBLOCK);
    of->message = 0x010000;
    of->preamble_left = preamble.count;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = of };
    epoll_ctl(epoll, EPOLL_CTL_ADD, of->socket, &event);
  }

  /* All preambles first: they are not what is measured. */
  size_t unready = (size_t)wanted;
  for (int each = 0; each < wanted; each += 1) {
    if (preamble.count > 0) begin(&connections[each], preamble.at[0], now_ns());
    else unready -= 1;
  }
  struct epoll_event events[MOST_CONNECTIONS];
  while (unready > 0) {
    int ready = epoll_wait(epoll, events, MOST_CONNECTIONS, 60000);
    if (ready <= 0) die("the preamble is not answered");
    for (int each = 0; each < ready; each += 1) {
      struct connection *of = events[each].data.ptr;
      if (of->writable_wanted) flush(of);
      if (!drain(of)) continue;
      if (of->preamble_left > 0) begin(of, preamble.at[preamble.count - of->preamble_left], now_ns());
      else unready -= 1;
    }
  }

  uint64_t began = now_ns(), interval = rate > 0 ? (uint64_t)(1e9 / rate) : 0, due = began;
  uint64_t measured_from = began + (uint64_t)(warm_up * 1e9);
  uint64_t ends = most > 0 ? UINT64_MAX : measured_from + (uint64_t)(seconds * 1e9);
  int timer = -1;
  measuring = warm_up == 0;
  if (interval > 0) {
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
  } else {
    for (int each = 0; each < wanted; each += 1) begin_next(&connections[each], now_ns());
  }
  uint64_t time = now_ns();
  for (;;) {
    time = now_ns();
    if (time >= ends || (most > 0 && answered >= most)) break;
    if (!measuring && time >= measured_from) { measuring = 1; measured_from = time; }
    if (interval > 0) {
      for (int each = 0; each < wanted && due <= time; each += 1) {
        if (connections[each].busy) continue;
        begin_next(&connections[each], due);
        due += interval;
      }
      /* What is overdue waits for a free connection, not for the timer. */
      uint64_t at = due > time ? due : time + 1000000000u;
      struct itimerspec next = { .it_value = { (time_t)(at / 1000000000u), (long)(at % 1000000000u) } };
      timerfd_settime(timer, TFD_TIMER_ABSTIME, &next, NULL);
    }
    int ready = epoll_wait(epoll, events, MOST_CONNECTIONS, 60000);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) { fprintf(stderr, "ldap-load: no answer within a minute\n"); return 1; }
    for (int each = 0; each < ready; each += 1) {
      struct connection *of = events[each].data.ptr;
      if (of == NULL) { uint64_t expired; if (read(timer, &expired, sizeof expired) < 0 && errno != EAGAIN) die("timer"); continue; }
      if (of->writable_wanted) flush(of);
      if (!drain(of) || interval > 0) continue;
      if (most > 0 && answered >= most) break;
      begin_next(of, now_ns());
    }
  }
  double took = (double)(time - measured_from) / 1e9;
  printf("{\"answers\":%llu,\"seconds\":%.4f,\"perSecond\":%.1f,\"p50\":%llu,\"p90\":%llu,\"p99\":%llu,\"p999\":%llu,\"longest\":%llu,\"octetsPerAnswer\":%.1f,\"wrong\":%llu}\n",
         (unsigned long long)answered, took, (double)answered / took, (unsigned long long)percentile(0.5),
         (unsigned long long)percentile(0.9), (unsigned long long)percentile(0.99), (unsigned long long)percentile(0.999),
         (unsigned long long)longest, answered == 0 ? 0 : (double)answered_octets / (double)answered, (unsigned long long)wrong);
  if (wrong > 0) fprintf(stderr, "ldap-load: %llu answers were wrong; %s\n", (unsigned long long)wrong, first_wrong);
  return wrong > 0 || answered == 0;
}
