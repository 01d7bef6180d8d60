/** Of one broker, or one folder. */
export const maxHandlers = 200;
