export class BoxSuccessResponse {
  /** @example Success */
  state: 'Success';
}

export const BOX_SUCCESS: BoxSuccessResponse = { state: 'Success' };
