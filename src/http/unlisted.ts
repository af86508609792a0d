/**
 * Nothing is taken that a route does not list: a body where it takes none, a query parameter where it has none. What a
 * route does take is held by its own strict schema. The last of the guards, so that who may not come in learns nothing of it;
 * an interceptor would lead every answer through an Observable.
 */
import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.js';

const TAKES_BODY = 'alur:takes-body';

/** The route reads its body by itself, not by `@Body`. */
export const TakesBody = () => SetMetadata(TAKES_BODY, true);

interface Taken {
  readonly body: boolean;
  readonly query: boolean;
}

@Injectable()
export class RefuseUnlisted implements CanActivate {
  private readonly known = new WeakMap<object, Taken>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const taken = this.takenBy(context, request);
    if (!taken.body && hasBody(request)) throw unlisted('body', 'this route takes none');
    if (!taken.query) {
      const [name] = Object.keys(request.query as object);
      if (name !== undefined) throw unlisted('', `Unrecognized key: "${name.slice(0, 100)}"`);
    }
    return true;
  }

  private takenBy(context: ExecutionContext, request: FastifyRequest): Taken {
    const handler = context.getHandler();
    let taken = this.known.get(handler);
    if (!taken) {
      // Those who scrape and probe send what they like; nothing of it is read. By the route, however it was spelled.
      const isOutside = !request.routeOptions.url?.startsWith('/api/');
      const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) ?? {}) as object;
      const reads = (type: RouteParamtypes) => Object.keys(args).some((key) => key.startsWith(`${type}:`));
      const body = isOutside || reads(RouteParamtypes.BODY) || Reflect.hasMetadata(TAKES_BODY, handler);
      this.known.set(handler, (taken = { body, query: isOutside || reads(RouteParamtypes.QUERY) }));
    }
    return taken;
  }
}

/** `{}` says as little as nothing. A body that Fastify does not read (GET, forms) is known by its headers. */
function hasBody({ body, headers, method }: FastifyRequest): boolean {
  if (body === undefined || body === null) {
    const isRead = method !== 'GET' && method !== 'HEAD' && !headers['content-type']?.startsWith('multipart/');
    return !isRead && (Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined);
  }
  return typeof body !== 'object' || Array.isArray(body) || Object.keys(body).length > 0;
}

function unlisted(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { issues: [{ path, message }] });
}
