/** The KIND of a line. */
export const KIND = { accepted: 1, connected: 2, failed: 3, closed: 4 } as const;

/**
 * What bpftrace runs in the kernel: one line for every TCP connection that is opened, accepted,
 * refused or closed, in every network namespace. All numbers are hexadecimal.
 *
 *     4|6 KIND AT CPU SEQUENCE BEGUN NETNS CGROUP SPORT DPORT SADDR DADDR PID START EXTRA
 *     g LEVEL CGROUP NAME    names a cgroup (level 0) or one of its parents
 *     n PID START NAME       names a process; unprintable bytes as \xHH
 *     w AT CPU SEQUENCE      so many lines of the first kind had been made on that CPU
 *     m AT PARTS             ends a mark that has so many "w" lines
 *
 * - A line is written at the end of the handshake, because the source port is still 0 when it
 *   begins; only at its beginning does the kernel run the connecting process, so that is kept
 *   under the socket's address until the socket closes. BEGUN is when the handshake began, and
 *   for a closed connection when it ended.
 * - The kernel skips a program that another one interrupts on the same CPU, so the end of a client's
 *   socket may go unseen, and an accepted one get its address: whatever comes from SYN_RECV is
 *   accepted. (Two that open the same connection at once are rarer by far.)
 * - Which task runs when a connection is accepted is chance: of that side only the socket's own
 *   cgroup and network namespace are told.
 * - Names are costly to print (19 µs against 4 µs for a line of numbers, measured with 0.17), so
 *   they are told apart, before the first line that needs them on the same CPU and then once per
 *   second: the kernel's buffer is per CPU and keeps that order.
 * - The sequence makes every line that the buffer had no room for visible as a hole.
 * - No comm is printed with %s: a process may call itself "a\n4 2 …" and forge a line. Cgroup
 *   names can't hold a line break (the kernel refuses it).
 */
export function tcpProgram(cpus: number): string {
  return [CONNECTIONS, marks(cpus), CLEANING].join('\n');
}

const CONNECTIONS = `tracepoint:sock:inet_sock_set_state
/args->protocol == 6 && (args->newstate == 2 || args->newstate == 7
  || (args->newstate == 1 && (args->oldstate == 2 || args->oldstate == 3)))/
{
  $key = (uint64)args->skaddr;
  if (args->newstate == 2) {
    $leader = curtask->group_leader;
    @client[$key] = ((uint64)nsecs, (uint64)$leader->tgid, (uint64)($leader->start_boottime / 10000000), $leader->comm);
  } else {
    if (args->oldstate == 3) {
      delete(@client[$key]);
    }
    $begun = @client[$key].0;
    if (args->newstate == 1 || $begun != 0) {
      $now = (uint64)nsecs;
      $sk = (struct sock *)args->skaddr;
      $pid = @client[$key].1;
      $start = @client[$key].2;
      $kind = ${KIND.accepted};
      $extra = (uint64)0;
      if ($begun != 0 || args->oldstate == 2) { $kind = ${KIND.connected}; }
      if ($begun != 0) {
        if (args->newstate == 7) {
          if (args->oldstate == 2 || args->oldstate == 3) {
            $kind = ${KIND.failed};
            $extra = (uint64)$sk->sk_err;
          } else {
            $kind = ${KIND.closed};
            $tp = (struct tcp_sock *)args->skaddr;
            $extra = $tp->bytes_sent - $tp->bytes_retrans + $tp->bytes_received - (($sk->__sk_common.skc_flags >> 1) & 1);
          }
        }
        if ($now - @process[$pid, $start, cpu] > 1000000000) {
          @process[$pid, $start, cpu] = $now;
          printf("n %llx %llx %r\\n", $pid, $start, buf(@client[$key].3, 16));
        }
      }
      $cg = $sk->sk_cgrp_data.cgroup;
      $id = (uint64)$cg->kn->id;
      if ($now - @cgroup[$id, cpu] > 1000000000) {
        @cgroup[$id, cpu] = $now;
        printf("g 0 %llx %s\\n", $id, str($cg->kn->name));
        if ($cg->self.parent != 0) {
          $cg = $cg->self.parent->cgroup;
          printf("g 1 %llx %s\\n", $id, str($cg->kn->name));
        }
        if ($cg->self.parent != 0) {
          $cg = $cg->self.parent->cgroup;
          printf("g 2 %llx %s\\n", $id, str($cg->kn->name));
        }
      }
      @made[cpu]++;
      if (args->family == 2) {
        printf("4 %x %llx %x %llx %llx %x %llx %x %x %x %x %llx %llx %llx\\n",
          $kind, $now, cpu, @made[cpu], $begun, $sk->__sk_common.skc_net.net->ns.inum, $id, args->sport, args->dport,
          $sk->__sk_common.skc_rcv_saddr, $sk->__sk_common.skc_daddr, $pid, $start, $extra);
      } else {
        printf("6 %x %llx %x %llx %llx %x %llx %x %x %x %x %x %x %x %x %x %x %llx %llx %llx\\n",
          $kind, $now, cpu, @made[cpu], $begun, $sk->__sk_common.skc_net.net->ns.inum, $id, args->sport, args->dport,
          $sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[0], $sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[1],
          $sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[2], $sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[3],
          $sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[0], $sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[1],
          $sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[2], $sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[3],
          $pid, $start, $extra);
      }
      if ($begun != 0) {
        if (args->newstate == 7) {
          delete(@client[$key]);
        } else {
          @client[$key] = ($now, $pid, $start, @client[$key].3);
        }
      }
    }
  }
}
`;

/** Every 200 ms, how many lines each of the CPUs has made. */
const marks = (cpus: number): string => `interval:ms:200
{
  $now = (uint64)nsecs;
  $cpu = (uint64)0;
  $parts = (uint64)0;
  while ($cpu < ${cpus}) {
    if (@made[$cpu] > 0) {
      printf("w %llx %llx %llx\\n", $now, $cpu, @made[$cpu]);
      $parts++;
    }
    $cpu++;
  }
  printf("m %llx %llx\\n", $now, $parts);
}
`;

/** Names are told again to whoever is still there; without this the maps would fill up. */
const CLEANING = `interval:s:60
{
  clear(@process);
  clear(@cgroup);
}
`;
