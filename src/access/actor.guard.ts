/** Every route but the public ones: a token says who it is, the database says everything else. */
import { createParamDecorator, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../../machines/contract.js';
import type { Actor } from '../engine/types.js';
import { AppError } from '../errors.js';
import { AccountStore, type Person } from './accounts.store.js';
import { MandateStore } from './mandates.store.js';
import { RequestLimits } from './request-limits.js';
import { Tokens } from './tokens.js';

/** One token, as RFC 6750 has it. */
const BEARER = /^bearer [^ ]+$/i;
const BEARER_LENGTH = 'bearer '.length;

const PUBLIC = 'alur:public';
const ROLES = 'alur:roles';

export interface Reader extends Actor {
  readonly login: string;
  readonly kind: Person['kind'];
  /** Where the account belongs; `officeId` is another one while an inspector looks into it. */
  readonly homeOfficeId: string;
  /** The sign-in the request came by; null with a token of the foreign issuer. */
  readonly sessionId: string | null;
}

export type Request = FastifyRequest & { actor?: Reader };

/** The route needs no token. */
export const Public = () => SetMetadata(PUBLIC, true);
/** The route is for holders of any of these roles; OpenAPI shows them. */
export const ForRoles = (...roles: readonly Role[]) => SetMetadata(ROLES, roles);
/** The person who sent the request. */
export const Me = createParamDecorator((_: unknown, context: ExecutionContext): Reader => {
  const { actor } = context.switchToHttp().getRequest<Request>();
  if (!actor) throw new AppError('UNAUTHENTICATED');
  return actor;
});

@Injectable()
export class ActorGuard implements CanActivate {
  private readonly readers = new WeakMap<Person, Reader>();

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
    private readonly accounts: AccountStore,
    private readonly mandates: MandateStore,
    private readonly limits: RequestLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<Request>();
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) {
      // Of the route: the router also takes spellings that its text does not begin with.
      if (request.routeOptions.url?.startsWith('/api/')) this.limits.take(`address ${request.ip}`);
      return true;
    }
    const actor = await this.known(request);
    // Before it is refused: whose attempt that was is kept (refusals.ts).
    request.actor = actor;
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES, targets);
    if (roles && !actor.grants.some(({ role }) => roles.includes(role))) {
      throw new AppError('FORBIDDEN', { params: { roles: roles.join(', ') } });
    }
    return true;
  }

  /** Who has no good token is counted by address, as where nobody is signed in; who has one is not held up by that. */
  private async known(request: Request): Promise<Reader> {
    try {
      return await this.actorOf(request);
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAUTHENTICATED') this.limits.take(`address ${request.ip}`);
      throw error;
    }
  }

  /**
   * Whether who came by this request would still be let in, as the same and to the same office: for an answer that lasts
   * longer than what gave the right to it. It counts as no request.
   */
  async stands({ headers, method, actor }: Request): Promise<boolean> {
    try {
      const { person, sessionId } = await this.bearerOf(headers);
      const now = await this.readerOf(person, sessionId, { headers, method });
      return now.accountId === actor?.accountId && now.officeId === actor.officeId;
    } catch (error) {
      if (error instanceof AppError && error.status < 500) return false;
      throw error;
    }
  }

  private async actorOf(request: Request): Promise<Reader> {
    const { person, sessionId } = await this.bearerOf(request.headers);
    this.limits.take(person.accountId);
    request.actor = this.atHome(person, sessionId);
    return this.readerOf(person, sessionId, request);
  }

  private async bearerOf({ authorization }: Request['headers']): Promise<{ person: Person; sessionId: string | null }> {
    if (authorization === undefined || !BEARER.test(authorization)) throw new AppError('UNAUTHENTICATED');
    const holder = await this.tokens.holderOf(authorization.slice(BEARER_LENGTH));
    const person = await this.accounts.person(holder);
    if (!person) throw new AppError('UNAUTHENTICATED');
    return { person, sessionId: 'sessionId' in holder ? holder.sessionId : null };
  }

  private async readerOf(
    person: Person,
    sessionId: string | null,
    { headers, method }: Pick<Request, 'headers' | 'method'>,
  ): Promise<Reader> {
    refuseBeyondScope(person, method);
    const behalf = headers['on-behalf-of'];
    const inspected = headers['inspect-office'];
    if (behalf === undefined && inspected === undefined) return this.atHome(person, sessionId);
    const acting = behalf === undefined ? { ...person, clientId: null } : await this.onBehalf(person, String(behalf));
    const reader = { ...acting, homeOfficeId: acting.officeId, sessionId };
    return inspected === undefined ? reader : this.inspecting(reader, String(inspected), method);
  }

  /** Made once for each reading of a person, which is one sign-in's: nearly all requests are of this kind. */
  private atHome(person: Person, sessionId: string | null): Reader {
    let reader = this.readers.get(person);
    if (!reader) {
      reader = { ...person, homeOfficeId: person.officeId, sessionId, clientId: null };
      this.readers.set(person, reader);
    }
    return reader;
  }

  /** In an office they inspect, people are its inspectors and nothing else, whatever they are at home. */
  private async inspecting(reader: Reader, code: string, method: string): Promise<Reader> {
    if (!isReading(method)) throw new AppError('FORBIDDEN', { params: { roles: 'inspector, GET' } });
    const offices = await this.mandates.officesOf(reader.accountId, reader.homeOfficeId);
    const office = offices.find((one) => one.code === code);
    if (!office) throw new AppError('NOT_FOUND');
    const { id, letterNumber } = office;
    return { ...reader, officeId: id, grants: [{ role: 'inspector', actingFor: null, letterNumber }] };
  }

  /** A client application acts with an officer's roles, for as long as it holds its own; history names both. */
  private async onBehalf(client: Person, login: string): Promise<Omit<Reader, 'sessionId' | 'homeOfficeId'>> {
    const isClient = client.kind === 'client' && client.grants.some(({ role }) => role === 'client');
    if (!isClient) throw new AppError('FORBIDDEN', { params: { roles: 'client' } });
    const officer = await this.accounts.officer(client.officeId, login);
    if (!officer) throw new AppError('NOT_FOUND');
    // Administration is no work for an office's applications, whomever they act for.
    const grants = officer.grants.filter(({ role }) => role !== 'admin');
    return { ...officer, grants, kind: 'client', clientId: client.accountId };
  }
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A client application reads or writes as far as its scopes go, whomever it acts for. */
function refuseBeyondScope({ scopes }: Person, method: string): void {
  const scope = isReading(method) ? 'read' : 'write';
  if (scopes && !scopes.includes(scope))
    throw new AppError('FORBIDDEN', { params: { roles: `client, scope ${scope}` } });
}
