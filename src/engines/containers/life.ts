import {
  addressId,
  containerInstanceId,
  type AddressData,
  type Instant,
  type Observation,
  type Slack,
} from '#model';
import type { AddressRegister } from './address-register.ts';
import { addressData, instanceData, type ContainerRun, type Reporter } from './container-facts.ts';

/** One run of a container, from its start to its end, and what has been said of it. */
export class Life {
  readonly from: Instant;
  #run: ContainerRun;
  readonly #reporter: Reporter;
  readonly #register: AddressRegister;
  readonly #held = new Map<string, { readonly data: AddressData; readonly from: Instant }>();

  constructor(run: ContainerRun, from: Instant, reporter: Reporter, register: AddressRegister) {
    this.#run = run;
    this.from = from;
    this.#reporter = reporter;
    this.#register = register;
  }

  get run(): ContainerRun {
    return this.#run;
  }

  /** Everything that holds now, again; addresses that are new are held from `addressesFrom` on. */
  assertAll(addressesFrom: Instant): readonly Observation[] {
    return [this.#instance(this.from), ...this.#addresses(addressesFrom)];
  }

  /** The run is otherwise since `at`; addresses that are new are held from `addressesFrom` on. */
  change(run: ContainerRun, at: Instant, addressesFrom: Instant = at): readonly Observation[] {
    this.#run = run;
    const wanted = addressData(run, this.#reporter.node);
    const ends = [...this.#held.values()]
      .filter(({ data }) => !wanted.has(addressId(data)))
      .map(({ data }) => this.#release(data, at));
    return [this.#instance(Math.max(at, this.from)), ...ends, ...this.#addresses(addressesFrom)];
  }

  /** It is over. With `slack`, nobody saw when. */
  end(at: Instant, slack?: Slack): readonly Observation[] {
    const until = Math.max(at, this.from);
    const ends = [...this.#held.values()].map(({ data }) => this.#release(data, until, slack));
    return [
      {
        kind: 'end',
        subject: { kind: 'instance', id: containerInstanceId(this.#run.id) },
        validFrom: until,
        ...(slack === undefined ? {} : { slack }),
      },
      ...ends,
    ];
  }

  #instance(validFrom: Instant): Observation {
    return {
      kind: 'assert',
      subject: { kind: 'instance', id: containerInstanceId(this.#run.id) },
      data: instanceData(this.#run, this.#reporter),
      validFrom,
    };
  }

  #addresses(from: Instant): readonly Observation[] {
    return [...addressData(this.#run, this.#reporter.node)].map(([id, data]) => {
      const held = this.#held.get(id) ?? { data, from: this.#earliest(data, from) };
      this.#held.set(id, { data, from: held.from });
      return { kind: 'assert', subject: { kind: 'address', id }, data, validFrom: held.from };
    });
  }

  #release(data: AddressData, at: Instant, slack?: Slack): Observation {
    const id = addressId(data);
    const from = this.#held.get(id)?.from ?? at;
    this.#held.delete(id);
    this.#register.release(data.scope, placeOf(data), { from, until: at });
    return {
      kind: 'end',
      subject: { kind: 'address', id },
      validFrom: at,
      ...(slack === undefined ? {} : { slack }),
    };
  }

  #earliest(data: AddressData, from: Instant): Instant {
    return this.#register.earliest(data.scope, placeOf(data), from);
  }
}

const placeOf = (data: AddressData): string => `${data.ip} ${data.protocol ?? ''}${data.port ?? ''}`;
