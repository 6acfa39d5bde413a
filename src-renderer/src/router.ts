import { createRouter, createWebHashHistory } from 'vue-router'

/** The part behind # alone names the place: any host can serve the page from any folder. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/library' },
    { path: '/library', name: 'library', component: () => import('./views/LibraryView.vue') },
    { path: '/masks', name: 'masks', component: () => import('./views/MasksView.vue') },
    {
      path: '/runs/:id(\\d+|new|compare)?',
      name: 'runs',
      component: () => import('./views/RunsView.vue'),
    },
    {
      path: '/evaluate/:id(\\d+|new|results)?',
      name: 'evaluate',
      component: () => import('./views/EvaluateView.vue'),
    },
    { path: '/:rest(.*)*', redirect: '/library' },
  ],
})
